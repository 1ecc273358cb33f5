// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// The functions and events that Circle's FiatToken has, written anew for tests: minters with allowances, a blacklist, a pause.
contract FiatShape {
    event Transfer(address indexed from, address indexed to, uint256 value);
    event Blacklisted(address indexed _account);
    event UnBlacklisted(address indexed _account);
    event Pause();
    event Unpause();

    uint8 public constant decimals = 6;
    address public immutable controller;
    address public pauser;
    address public blacklister;
    bool public paused;
    uint256 public totalSupply;
    mapping(address => uint256) public balanceOf;
    mapping(address => uint256) public minterAllowance;
    mapping(address => bool) public isMinter;
    mapping(address => bool) public isBlacklisted;

    constructor(address operator) {
        controller = operator;
        pauser = operator;
        blacklister = operator;
    }

    modifier running() {
        require(!paused, "paused");
        _;
    }

    modifier clean(address account) {
        require(!isBlacklisted[account], "blacklisted");
        _;
    }

    modifier controlled() {
        require(msg.sender == controller, "not the controller");
        _;
    }

    /// For whoever sets a test up; the real token has this behind a contract of its own.
    function configureMinter(address minter, uint256 allowance) external {
        minterAllowance[minter] = allowance;
        isMinter[minter] = true;
    }

    /// The same, of an allowance that is left; the real token forgets the allowance too.
    function removeMinter(address minter) external {
        isMinter[minter] = false;
    }

    function updatePauser(address next) external {
        pauser = next;
    }

    function updateBlacklister(address next) external {
        blacklister = next;
    }

    function mint(address to, uint256 amount) external running clean(msg.sender) clean(to) returns (bool) {
        minterAllowance[msg.sender] -= amount;
        totalSupply += amount;
        balanceOf[to] += amount;
        emit Transfer(address(0), to, amount);
        return true;
    }

    function burn(uint256 amount) external running clean(msg.sender) {
        balanceOf[msg.sender] -= amount;
        totalSupply -= amount;
        emit Transfer(msg.sender, address(0), amount);
    }

    function transfer(address to, uint256 amount) external running clean(msg.sender) clean(to) returns (bool) {
        balanceOf[msg.sender] -= amount;
        balanceOf[to] += amount;
        emit Transfer(msg.sender, to, amount);
        return true;
    }

    function blacklist(address account) external controlled {
        isBlacklisted[account] = true;
        emit Blacklisted(account);
    }

    function unBlacklist(address account) external controlled {
        isBlacklisted[account] = false;
        emit UnBlacklisted(account);
    }

    function pause() external controlled {
        paused = true;
        emit Pause();
    }

    function unpause() external controlled {
        paused = false;
        emit Unpause();
    }
}
